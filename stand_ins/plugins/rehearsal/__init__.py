"""A provider that rehearses AWS and Google Cloud: it checks, remembers and answers, and makes nothing anywhere."""
