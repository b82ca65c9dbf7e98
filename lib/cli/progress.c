/* One line on standard error that is written over, at most five times a second, and gone at the end. */
#include "cli/progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

enum { SHOWN_A_SECOND = 5 };

static double seconds_between(struct timespec from, struct timespec to)
{
	return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

static struct timespec now(void)
{
	struct timespec time = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time;
}

void progress_begin(struct run *run)
{
	enum { AUTO, ALWAYS };
	const struct common_options *common = run->common;

	run->last_shown = now();
	run->show_progress = common->progress == ALWAYS ||
			     (common->progress == AUTO && !common->quiet && isatty(STDERR_FILENO));
}

size_t progress_text(const struct run *run, double seconds, char *out, size_t size)
{
	double rate = seconds > 0 ? (double)run->seen_bytes / seconds : 0;
	uint64_t left = run->total_bytes > run->seen_bytes ? run->total_bytes - run->seen_bytes : 0;
	int len = snprintf(out, size, "%s: %" PRIu64 " rows, %.1f MB/s", run->tool->name, run->seen_records, rate / 1e6);

	if (left && !run->total_unknown && rate > 0 && (double)left / rate < 360000) {
		unsigned rest = (unsigned)((double)left / rate + 0.5);

		len += snprintf(out + len, size - (size_t)len, ", %.0f %%, %u:%02u left",
				100.0 * (double)run->seen_bytes / (double)run->total_bytes, rest / 60, rest % 60);
	}
	return (size_t)len;
}

void run_progress(void *context, uint64_t bytes, uint64_t records)
{
	struct run *run = context;
	struct timespec time;
	char text[160];

	run->seen_bytes += bytes;
	run->seen_records += records;
	if (!run->show_progress)
		return;
	time = now();
	if (seconds_between(run->last_shown, time) < 1.0 / SHOWN_A_SECOND)
		return;
	run->last_shown = time;
	run->shown = true;
	progress_text(run, seconds_between(run->started, time), text, sizeof text);
	fprintf(stderr, "\r\033[K%s", text);
	fflush(stderr);
}

void progress_erase(struct run *run)
{
	if (run->shown)
		fputs("\r\033[K", stderr);
	run->shown = false;
}

double progress_seconds(const struct run *run)
{
	return seconds_between(run->started, now());
}
