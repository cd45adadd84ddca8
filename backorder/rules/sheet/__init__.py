"""Sheets: files that a spreadsheet wrote, read strictly; what cannot be understood is said with its row and column, never guessed at."""
