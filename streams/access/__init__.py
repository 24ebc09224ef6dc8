"""Who may do what on the brokers, generated from the register: logins, rights and quotas (issue 4, ADR 0011)."""
