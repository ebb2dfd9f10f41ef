"""Is anything worth a look happening here?"""
