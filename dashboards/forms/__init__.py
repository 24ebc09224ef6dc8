"""Forms as people of a public service know them: kept input, errors in words, answers to check, one message after."""
