package metricsstore

// What stores have to answer since the client of Kubernetes 1.36, which is newer than this program knows. A store of
// metrics is written by one reflector that keeps the resource version itself.

// Bookmark leaves the resource version to the reflector.
func (s *MetricsStore) Bookmark(string) {}

// LastStoreSyncResourceVersion knows none, as a store that was never filled.
func (s *MetricsStore) LastStoreSyncResourceVersion() string { return "" }
