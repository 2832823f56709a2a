#!/bin/sh
# Argo CD asks this who signed a commit. There is no gpg in this image, so nobody did: no output.
exit 0
