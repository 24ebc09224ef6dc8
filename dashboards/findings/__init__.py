"""What a board should know first, as sentences from released figures: for its overview and its meeting pack."""
