"""Pages for the people who decide, ask, inspect and watch: rendered here, usable with the keyboard
alone, and without a script but where a security key is touched.

    page.py       what a page is, and what it is handed
    site.py       an application of pages: guards, sessions, errors as pages
    look.py       templates, texts in the reader's language, the assets
    sessions.py   who is signed in
    guards.py     where a request comes from, and the headers of each response
    forms.py      the fields and files of a form
    signing_in/   OpenID Connect, and the sandbox's own way
    officers/     the console
"""
