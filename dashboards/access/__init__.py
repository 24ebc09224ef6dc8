"""Roles that an administrator gives on the pages, where the claims of the sign-in provider do not decide them."""
