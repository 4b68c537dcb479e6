"""The gateway's configuration file: JSON5 read with exact places, and edited without losing a byte of the user's."""
