"""Sheets: what merchants keep in spreadsheets, taken in all or nothing after a look at what would change, and given out alike."""
