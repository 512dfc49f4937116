"""make bench on a small company: that it still runs, and that what does not depend on size holds."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


PROGRAMS = {"bench.py": "the benchmark runs on a small company", "shops.py": "that of shops runs on small shops"}


def main():
    print(f"1..{len(PROGRAMS)}", flush=True)
    failed = 0
    for index, (program, name) in enumerate(PROGRAMS.items(), 1):
        if program == "shops.py" and os.environ.get("ENDPOINT_TEST_HOOKS") == "no":
            print(f"ok {index} - {name} # SKIP not a build made for tests: ./configure --enable-test-hooks", flush=True)
            continue
        done = subprocess.run([sys.executable, os.path.join(HERE, program)], capture_output=True, text=True,
                              env=dict(os.environ, BENCH_SMOKE="1"), timeout=600, check=False)
        for line in (done.stdout + done.stderr).splitlines():
            print("# " + line)
        failed += done.returncode != 0
        print(("ok" if done.returncode == 0 else "not ok") + f" {index} - {name}", flush=True)
    return failed != 0


if __name__ == "__main__":
    sys.exit(main())
