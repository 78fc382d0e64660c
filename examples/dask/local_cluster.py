"""Run an audit of an organisation on a Dask cluster of this machine.

    pip install 'asbuilt[distributed]'
    python local_cluster.py [--workers N] asbuilt audit --organization --role-name asbuilt-audit --out audit …

Starts a scheduler and workers that listen on loopback only, runs the command with `--scheduler` added, stops the
cluster, and exits with the command's code. A cluster of several machines needs TLS, since its workers run whatever they
are sent: `--scheduler tls://…`, with certificates in Dask's configuration (`DASK_DISTRIBUTED__COMM__TLS__…`). Every
worker takes its credentials from where it runs (an instance's role), and assumes the accounts' roles itself.
"""

import argparse
import subprocess
import sys

from distributed import LocalCluster


def main() -> int:
    """Start the cluster, run the command, stop the cluster."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--workers", type=int, default=2, help="processes, of one job at a time each")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the audit, without --scheduler")
    given = parser.parse_args()
    if not given.command:
        parser.error("name the audit to run")
    with LocalCluster(
        n_workers=given.workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
    ) as cluster:
        return subprocess.run([*given.command, "--scheduler", cluster.scheduler_address], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
