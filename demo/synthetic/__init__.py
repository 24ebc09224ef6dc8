"""A seeded generator of two fictional boards, Aldermere and Merrowdale: it writes export files in agencies' formats."""
