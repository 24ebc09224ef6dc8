"""Attacks on the pages, by a stranger, a reader of another board, and somebody who can write into every stored text.

Which routes there are comes from the application, which parameters and fields from its forms and handlers, and which
texts are stored from the tables: a new one is attacked without a new test, or a test fails because nobody attacks it.
People sign in as they do in earnest, at a provider that can lie (tests/dashboards/sign_in/lying_provider.py).

Where each attack is held; what is not in this folder is in tests/dashboards, unless it says otherwise:

| attack | held here | and where else |
|---|---|---|
| vertical access: every route, every role | | people/test_entrance.py, test_permissions.py |
| horizontal access: another board's things under one's own address | test_other_boards.py | people/test_entrance.py |
| forged forms (CSRF) | test_forged_forms.py | people/test_entrance.py |
| session fixation and theft, cookies of another deployment | test_sessions.py | sign_in/test_sign_in.py |
| sign-out told by the provider: forged, replayed, of others | test_back_channel.py | |
| redirects, `Host`, header injection | test_injected_headers.py | sign_in/test_sign_in.py, people/test_entrance.py |
| log injection, secrets in logs | test_logs.py | ../test_canaries.py |
| formulas in CSV, XLSX and ODS | test_stored_texts.py | exports/test_files.py, audit/test_pages.py |
| path traversal | test_paths.py | test_downloads.py |
| stored cross-site scripting, every text, role and page | test_stored_texts.py | |
| reflected cross-site scripting, every parameter, path part and field | test_reflected.py | test_every_page.py |
| clickjacking, caches, sniffing, every route and status | test_answers.py | test_every_page.py |
| login flooding, and readers who ask too often | test_flooding.py | sign_in/test_sign_in.py, people/test_limits.py |
| forged and replayed tokens of a sign-in | | sign_in/test_sign_in.py |
| tokens of service accounts | test_tokens.py | people/test_service_tokens.py |
| too weak or too old a sign-in | | sign_in/test_strength.py |
| the terminal's login writes as a person | | ../../models/store/test_terminal.py |
"""
