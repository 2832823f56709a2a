package cache

import toolscache "k8s.io/client-go/tools/cache"

// HasSyncedChecker is asked for by client-go 0.36, which is newer than this module: done once every namespace's handler is.
func (h handlerRegistration) HasSyncedChecker() toolscache.DoneChecker {
	done := make(chan struct{})
	go func() {
		for _, handle := range h.handles {
			<-handle.HasSyncedChecker().Done()
		}
		close(done)
	}()
	return synced(done)
}

type synced chan struct{}

func (synced) Name() string            { return "all namespaces" }
func (s synced) Done() <-chan struct{} { return s }
