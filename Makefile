# Each target is a thin call; what it does lives where it is called.

CARGO ?= cargo

.PHONY: bench-web setup setup-browser demo test test-system test-web backup-test types e2e api-test lint bench bench-quality bench-speed contract clean test-otlp layout-model test-model

setup: ## install PostgreSQL, the supabase CLI, Deno and PDFium; nothing to do the second time
	@setup/setup.sh

setup-browser: ## install Chromium where it is missing
	@setup/browser.sh

demo: setup ## the whole system on real PDFs; ONCE=1 ends after the exports
	@$(CARGO) build --quiet --workspace --bins --examples
	@npm run --silent build --workspace web/app -- --logLevel warn
	@target/debug/examples/demo

test: setup ## every test, on a stand-in of its own
	$(CARGO) test --workspace

test-system: setup ## the whole-system tests alone; SUPABASE_URL, keys and DATABASE_URL choose another project
	$(CARGO) test --workspace --test system

test-web: setup ## the web's formatting, lints, types and tests; that the database types match the migrations
	@$(CARGO) build --quiet --package local-supabase
	npx biome check --reporter=summary
	npm run --silent check --workspaces
	npm run --silent types --workspace web/client -- --check
	npm run --silent test --workspaces

types: setup ## write web/client/src/database.types.ts from the migrations
	@$(CARGO) build --quiet --package local-supabase
	@npm run --silent types --workspace web/client

E2E ?=

e2e: setup setup-browser ## the web app in a real browser, against the whole system; E2E=WORD runs the files with that word in their name
	@$(CARGO) build --quiet --workspace --bins
	@npm run --silent e2e --workspace web/app -- $(E2E)

test-otlp: ## a build with feature otlp, and what it sends to a collector
	$(CARGO) test --features otlp --test otlp

layout-model: ## get the layout model that a build with feature layout-model can use
	@setup/layout_model.sh

test-model: setup layout-model ## a build with feature layout-model: lints, its unit tests, and the model on real pages
	$(CARGO) clippy --features layout-model --lib --bins --test layout_model -- -D warnings
	$(CARGO) test --features layout-model --lib layout_model
	$(CARGO) test --features layout-model --test layout_model

backup-test: setup ## everything is backed up, deleted, restored and compared, on a stand-in; prints the rates
	$(CARGO) test --test system backup -- --nocapture

lint: ## formatting and clippy; licences and sources where cargo-deny is installed
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	@if command -v cargo-deny >/dev/null; then $(CARGO) deny check licenses bans sources; fi

CONTRACT ?= tests/contract

contract: setup ## a fresh stand-in against recorded answers of the real services; CONTRACT=DIR takes other recordings
	@$(CARGO) build --quiet --package local-supabase
	@local/contract.sh "$(CONTRACT)"

API ?=

api-test: setup ## the API from outside: its routes, the examples of docs/api.md, Schemathesis; API=WORD runs what begins with that word
	@supabase/functions/tests/run.sh
	@$(CARGO) build --quiet --workspace --bins
	@node tests/api/run.mjs $(API)

bench: setup ## the figures, as JSON
	@$(CARGO) bench --quiet --bench system

bench-quality: setup ## the layout's quality on documents with known answers: CORPUS=DIR holds them and their scorers
	@$(CARGO) build --quiet --release --bin zoned
	@bench/quality/run.sh "$(CORPUS)"

bench-speed: setup ## pages a second beside PDFium alone, in one run: CORPUS=DIR holds PDFs
	@$(CARGO) build --quiet --release --bin zoned
	@bench/speed/run.sh "$(CORPUS)"

bench-web: setup setup-browser ## what the web app loads, how fast it shows what happens, and an upload of 5 GiB, as JSON
	@$(CARGO) build --quiet --workspace --bins
	@FIGURES=1 npm run --silent e2e --workspace web/app
	@npm run --silent bench --workspace web/client

clean:
	$(CARGO) clean
	rm -rf node_modules .cache out
