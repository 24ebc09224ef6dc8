"""Invented ward outlines of the synthetic borough, and the script that drew them."""
