"""The Broxiva platform in an account: moto's server, what is built in it, and what is broken there on purpose."""
