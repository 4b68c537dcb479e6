"""The click commands of `models …` and the hand-over; each module is imported when its command runs."""
