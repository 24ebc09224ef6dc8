"""The stream tier: Faust agents for intake and ledger, thin shells round the rules in `analysis`."""
