"""Pure functions over models: ledger fold, measures, disclosure control. No I/O except in `analysis.commands`."""
