//! Whole-system tests: the public surface only, on a real project.
//!
//! With `SUPABASE_URL`, `SUPABASE_PUBLISHABLE_KEY` (or `SUPABASE_ANON_KEY`), `SUPABASE_SECRET_KEY` (or
//! `SUPABASE_SERVICE_ROLE_KEY`) and `DATABASE_URL` (for the migrations and a look into every table) in the environment they
//! run against that project; without, against a stand-in of their own. They take turns: a daemon works for whoever has jobs.

#![allow(clippy::unwrap_used, clippy::expect_used)] // helpers of tests fail as tests do

mod backup;
mod bad_input;
mod commands;
mod crash;
mod daemon;
mod document;
mod expiry;
mod exports;
mod http;
mod keys;
mod leases;
mod main_job;
mod migrations;
mod monitoring;
mod project;
mod proxy;
mod realtime;
mod retention;
mod scans;
mod schedule;
mod service_manager;
mod sharing;
mod tenants;
mod upgrade;
mod zones;

#[path = "../support/mod.rs"]
mod support;
