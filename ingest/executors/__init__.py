"""Who reads the new and changed files of a run: this process, or workers on a Ray cluster.

plan -> Executor.carry_out(tasks, run) -> every task has an outcome in the run's report
"""
