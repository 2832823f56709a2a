// Command git-server serves bare Git repositories over HTTP: who has the password reads and writes.
//
// Environment: REPOSITORIES names the repositories, made below ROOT (/srv/git) where they are missing, with a branch main.
// PASSWORD_FILE holds the password, of any user; it is read at each request, so that it can be changed; without it nobody
// gets anything. ADDRESS is listened on (:8080). /healthz answers once all repositories are there.
package main

import (
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"log"
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const backend = "/usr/lib/git-core/git-http-backend"

func main() {
	root := setting("ROOT", "/srv/git")
	for _, name := range strings.Fields(os.Getenv("REPOSITORIES")) {
		if err := ensure(root, name); err != nil {
			log.Fatalf("repository %s: %v", name, err)
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") })
	mux.Handle("/", guarded(os.Getenv("PASSWORD_FILE"), &cgi.Handler{
		Path: backend,
		Root: "/",
		// The volume may belong to another user than the server's.
		Env: []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "HOME=/tmp",
			"GIT_CONFIG_COUNT=1", "GIT_CONFIG_KEY_0=safe.directory", "GIT_CONFIG_VALUE_0=*"},
		InheritEnv: []string{"PATH"},
	}))
	server := &http.Server{Addr: setting("ADDRESS", ":8080"), Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	log.Printf("serving %s on %s", root, server.Addr)
	log.Fatal(server.ListenAndServe())
}

func setting(name, otherwise string) string {
	if value := os.Getenv(name); value != "" {
		return value
	}
	return otherwise
}

// ensure makes the repository under another name first, so that a killed start leaves no half of one.
func ensure(root, name string) error {
	if name != filepath.Base(name) || strings.HasPrefix(name, ".") {
		return fmt.Errorf("must be a plain name")
	}
	path := filepath.Join(root, name+".git")
	if _, err := os.Stat(path); err == nil {
		return nil
	}
	working := filepath.Join(root, "."+name+".partial")
	if err := os.RemoveAll(working); err != nil {
		return err
	}
	for _, arguments := range [][]string{
		{"init", "--quiet", "--bare", "--initial-branch=main", working},
		{"--git-dir", working, "config", "http.receivepack", "true"},
	} {
		if output, err := exec.Command("git", arguments...).CombinedOutput(); err != nil {
			return fmt.Errorf("%v: %s", err, output)
		}
	}
	return os.Rename(working, path)
}

// guarded lets through only who has the password.
func guarded(file string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, password, _ := r.BasicAuth()
		if !matches(file, password) {
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			http.Error(w, "the password is needed", http.StatusUnauthorized)
			return
		}
		r.Header.Del("Authorization")
		next.ServeHTTP(w, r)
	})
}

func matches(file, given string) bool {
	content, err := os.ReadFile(file)
	wanted := strings.TrimSpace(string(content))
	if err != nil || wanted == "" {
		return false
	}
	a, b := sha256.Sum256([]byte(wanted)), sha256.Sum256([]byte(given))
	return subtle.ConstantTimeCompare(a[:], b[:]) == 1
}
