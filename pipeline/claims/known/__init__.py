"""Known claims: which of those already answered does a text repeat?"""
