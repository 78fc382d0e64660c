"""The audit of an organisation: a job for each region of each account, side by side, each a row of what was covered."""
