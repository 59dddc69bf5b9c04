.PHONY: help demo down test bench lint fmt

help: ## what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "%-8s %s\n", $$1, $$2}' Makefile

demo: ## a kind cluster with two Ray namespaces, work submitted to both, left up
	@ci/demo

down: ## remove the clusters and stop what demo and test started
	@ci/down

test: ## all tests, on a real kind cluster too
	@ci/test

bench: ## seconds that lint and review take, to the first task (beside KubeRay itself), without a result when the head is lost
	@ci/bench/lint && ci/bench/review && ci/bench/run

lint: ## style and types of the code, without a cluster
	@ci/lint

fmt: ## format the code
	@ci/lint --fix
