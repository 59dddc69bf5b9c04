// Package auth refuses every password: the fork that traefik checks them with is not on the module proxy.
package auth

import "net/http"

type secrets = func(user, realm string) string

type BasicAuth struct {
	Realm   string
	Secrets secrets
}

type DigestAuth struct{}

func NewDigestAuthenticator(string, secrets) *DigestAuth { return &DigestAuth{} }

func CheckSecret(string, string) bool { return false }

func DigestAuthParams(string) map[string]string { return nil }

func (*DigestAuth) CheckAuth(*http.Request) (string, *string) { return "", nil }

func (*BasicAuth) RequireAuth(w http.ResponseWriter, _ *http.Request) { refuse(w) }

func (*DigestAuth) RequireAuth(w http.ResponseWriter, _ *http.Request) { refuse(w) }

func (*DigestAuth) RequireAuthStale(w http.ResponseWriter, _ *http.Request) { refuse(w) }

func refuse(w http.ResponseWriter) {
	http.Error(w, "this traefik is built without passwords", http.StatusUnauthorized)
}
