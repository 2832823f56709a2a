"""The keeper of Argo CD's end: where the root Application goes, nothing that Argo CD holds outlives its controller."""
