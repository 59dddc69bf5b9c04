// Package ext is where traefik's makers put what they sell; its own module, so a module zip does not carry it.
package ext

type HTTP struct{}

type Router struct{}
