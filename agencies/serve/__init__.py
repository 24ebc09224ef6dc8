"""HTTP intake: one for all agencies that takes tokenised events only, or one inside an agency that takes its files."""
