"""The officer's console: each subject's pages in a file of its own. They call use cases by
`Visit.ask`, and hold no rule.
"""
