"""The doctor: select checks, collect their facts, run them, report, render."""
