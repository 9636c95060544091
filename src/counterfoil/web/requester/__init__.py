"""The requester's pages, which the gateway's process serves: hand over a sealed item, see how far
it is, take its receipt and its sealed answer. They need no script.

Nothing here opens, checks or signs anything: the process holds no key, and imports nothing that
does (tests/service/test_gateway_imports.py). A page says why, and how it is done with the kit.

    multipart.py   a form with one file, as it comes, in bounded memory
    pages.py       the pages
"""
