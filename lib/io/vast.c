#include "io/vast.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "base/memory.h"
#include "io/file.h"

enum {
	SMALL = 1 << 16,       /* less is not worth a mapping */
	KEPT_OPEN = 64 << 20,  /* smaller files are not kept open to grow: there may be many */
	WATCH = 2000000,       /* nanoseconds between two looks at how much is mapped: in that time some 100 MB can be touched */
	SECOND = 1000000000,
};

/* What stands before an array. */
struct extent {
	_Alignas(64) struct vast *vast;
	size_t size;                    /* with this head */
	bool filed;
	int file;                       /* -1: in memory, or closed */
	struct extent *before, *after;  /* those in files */
};

struct vast {
	size_t memory, most_mapped;
	char *tmpdir;
	pthread_t watcher;              /* from the first file on */
	bool watched;
	int statm;                      /* of /proc/self, from the first file on */
	pthread_cond_t end;
	pthread_mutex_t lock;           /* for all that follows */
	bool ended;
	size_t held, filed, most_filed;
	struct extent *files;
	struct diag failed;
};

struct vast *vast_new(size_t memory, size_t mapped, const char *tmpdir)
{
	struct vast *vast = memory_zero(1, sizeof *vast);

	vast->memory = memory;
	vast->most_mapped = mapped;
	vast->statm = -1;
	pthread_cond_init(&vast->end, NULL);
	vast->tmpdir = tmpdir ? memory_text(tmpdir) : NULL;
	pthread_mutex_init(&vast->lock, NULL);
	diag_init(&vast->failed);
	return vast;
}

void vast_free(struct vast *vast)
{
	if (!vast)
		return;
	pthread_mutex_lock(&vast->lock);
	vast->ended = true;
	pthread_cond_signal(&vast->end);
	pthread_mutex_unlock(&vast->lock);
	if (vast->watched)
		pthread_join(vast->watcher, NULL);
	if (vast->statm >= 0)
		close(vast->statm);
	pthread_cond_destroy(&vast->end);
	pthread_mutex_destroy(&vast->lock);
	diag_release(&vast->failed);
	free(vast->tmpdir);
	free(vast);
}

static struct extent *extent_of(void *array)
{
	return (struct extent *)array - 1;
}

static size_t bytes_of(size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX - sizeof(struct extent))
		memory_exhausted();
	return bytes + sizeof(struct extent);
}

/* Takes so much of the bound, if it is there. */
static bool take(struct vast *vast, size_t bytes)
{
	bool fits;

	if (!vast)
		return true;
	pthread_mutex_lock(&vast->lock);
	fits = bytes <= vast->memory && vast->held <= vast->memory - bytes;
	vast->held += fits ? bytes : 0;
	pthread_mutex_unlock(&vast->lock);
	return fits;
}

static void give_back(struct vast *vast, size_t bytes)
{
	if (!vast)
		return;
	pthread_mutex_lock(&vast->lock);
	vast->held -= bytes;
	pthread_mutex_unlock(&vast->lock);
}

/* Takes it whatever the bound: of small arrays, and where no file can be had. */
static void take_anyway(struct vast *vast, size_t bytes)
{
	if (!vast)
		return;
	pthread_mutex_lock(&vast->lock);
	vast->held += bytes;
	pthread_mutex_unlock(&vast->lock);
}

static void note_failure(struct vast *vast, struct diag *diag)
{
	pthread_mutex_lock(&vast->lock);
	diag_merge(&vast->failed, diag);
	pthread_mutex_unlock(&vast->lock);
}

static void *checked(void *at)
{
	if (at == MAP_FAILED)
		memory_exhausted();
	return at;
}

static struct extent *map_memory(size_t size)
{
	if (size < SMALL) {
		struct extent *extent = aligned_alloc(64, (size + 63) / 64 * 64);

		return extent ? memset(extent, 0, size) : checked(MAP_FAILED);
	}
	return checked(mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
}

static void unmap(struct extent *extent, size_t size)
{
	if (size < SMALL)
		free(extent);
	else
		munmap(extent, size);
}

static void let_go(struct vast *vast)
{
	for (struct extent *extent = vast->files, *after; extent; extent = after) {
		after = extent->after;
		madvise(extent, extent->size, MADV_DONTNEED);
	}
}

/* Bytes of files in the program's memory; 0 when that is not known. */
static size_t mapped_now(int statm)
{
	char text[128] = "";
	unsigned long all, resident, shared;
	ssize_t length = pread(statm, text, sizeof text - 1, 0);

	return length > 0 && sscanf(text, "%lu %lu %lu", &all, &resident, &shared) == 3 ? shared * (size_t)sysconf(_SC_PAGESIZE) : 0;
}

static void *watch(void *context)
{
	struct vast *vast = context;

	pthread_mutex_lock(&vast->lock);
	while (!vast->ended) {
		struct timespec before, now;
		int64_t pause;

		clock_gettime(CLOCK_REALTIME, &before);
		if (mapped_now(vast->statm) > vast->most_mapped)
			let_go(vast);
		clock_gettime(CLOCK_REALTIME, &now);
		/* Letting go takes a third of the time at most. */
		pause = 2 * ((now.tv_sec - before.tv_sec) * SECOND + now.tv_nsec - before.tv_nsec);
		now.tv_nsec += pause < WATCH ? WATCH : pause > SECOND / 10 ? SECOND / 10 : pause;
		now.tv_sec += now.tv_nsec / SECOND;
		now.tv_nsec %= SECOND;
		pthread_cond_timedwait(&vast->end, &vast->lock, &now);
	}
	pthread_mutex_unlock(&vast->lock);
	return NULL;
}

void vast_breathe(struct vast *vast)
{
	if (!vast || !__atomic_load_n(&vast->watched, __ATOMIC_ACQUIRE) || mapped_now(vast->statm) / 2 <= vast->most_mapped)
		return;
	pthread_mutex_lock(&vast->lock);
	/* Another may have done it while this one waited. */
	if (mapped_now(vast->statm) / 2 > vast->most_mapped)
		let_go(vast);
	pthread_mutex_unlock(&vast->lock);
}

/* Puts a file's extent among the others, or takes it out. */
static void list_file(struct vast *vast, struct extent *extent)
{
	pthread_mutex_lock(&vast->lock);
	/* Without the thread more is mapped than need be, and that is all. */
	if (!vast->watched) {
		vast->statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
		__atomic_store_n(&vast->watched, pthread_create(&vast->watcher, NULL, watch, vast) == 0, __ATOMIC_RELEASE);
	}
	extent->before = NULL;
	extent->after = vast->files;
	if (vast->files)
		vast->files->before = extent;
	vast->files = extent;
	vast->filed += extent->size;
	if (vast->filed > vast->most_filed)
		vast->most_filed = vast->filed;
	pthread_mutex_unlock(&vast->lock);
}

static void unlist_file(struct vast *vast, const struct extent *extent)
{
	pthread_mutex_lock(&vast->lock);
	if (extent->before)
		extent->before->after = extent->after;
	else
		vast->files = extent->after;
	if (extent->after)
		extent->after->before = extent->before;
	vast->filed -= extent->size;
	pthread_mutex_unlock(&vast->lock);
}

/* Room in a file is taken at once, or a full disk would end the program when it is touched. -1: there is none. */
static int make_file(struct vast *vast, size_t size)
{
	struct diag diag;
	int file, error;

	diag_init(&diag);
	file = file_temporary(vast->tmpdir, &diag);
	error = file < 0 ? 0 : posix_fallocate(file, 0, (off_t)size);
	if (error) {
		diag_errno(&diag, vast->tmpdir ? vast->tmpdir : "temporary folder", "cannot write a temporary file", error);
		close(file);
		file = -1;
	}
	if (file < 0)
		note_failure(vast, &diag);
	diag_release(&diag);
	return file;
}

static struct extent *get_extent(struct vast *vast, size_t size)
{
	struct extent *extent;
	int file = -1;

	if (size < SMALL)
		take_anyway(vast, size);
	else if (!take(vast, size) && (file = make_file(vast, size)) < 0)
		take_anyway(vast, size);
	extent = file < 0 ? map_memory(size) : checked(mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0));
	*extent = (struct extent){ .vast = vast, .size = size, .filed = file >= 0, .file = file };
	if (file >= 0 && size < KEPT_OPEN) {
		close(file);
		extent->file = -1;
	}
	if (extent->filed)
		list_file(vast, extent);
	return extent;
}

void *vast_get(struct vast *vast, size_t count, size_t size)
{
	return get_extent(vast, bytes_of(count, size)) + 1;
}

void vast_drop(void *array)
{
	struct extent *extent = array ? extent_of(array) : NULL, head;

	if (!extent)
		return;
	head = *extent;
	if (head.filed) {
		unlist_file(head.vast, extent);
		if (head.file >= 0)
			close(head.file);
		munmap(extent, head.size);
		return;
	}
	give_back(head.vast, head.size);
	unmap(extent, head.size);
}

/* The thread sanitizer does not see mremap: where one thread's array moved away and another's came, it would find a race. */
#ifdef __SANITIZE_THREAD__
enum { REMAPS = false };
#else
enum { REMAPS = true };
#endif

/* The same mapping with another size; false: it can not be. */
static bool remap(struct extent **extent, size_t size)
{
	struct extent head = **extent;

	if (!REMAPS || head.size < SMALL || size < SMALL)
		return false;
	if (!head.filed && size > head.size && !take(head.vast, size - head.size))
		return false;
	if (!head.filed && size < head.size)
		give_back(head.vast, head.size - size);
	if (head.filed && size > head.size && (head.file < 0 || posix_fallocate(head.file, 0, (off_t)size) != 0))
		return false;
	if (head.filed)
		unlist_file(head.vast, *extent);
	*extent = checked(mremap(*extent, head.size, size, MREMAP_MAYMOVE));
	(*extent)->size = size;
	if (head.filed)
		list_file(head.vast, *extent);
	return true;
}

void *vast_resize(struct vast *vast, void *old, size_t count, size_t size)
{
	size_t wanted = bytes_of(count, size);
	struct extent *extent = old ? extent_of(old) : NULL, *larger;

	if (!extent)
		return get_extent(vast, wanted) + 1;
	if (extent->size == wanted || remap(&extent, wanted))
		return extent + 1;
	larger = get_extent(vast, wanted);
	memcpy(larger + 1, extent + 1, (wanted < extent->size ? wanted : extent->size) - sizeof *extent);
	vast_drop(old);
	return larger + 1;
}

void *vast_grow(struct vast *vast, void *old, size_t *capacity, size_t needed, size_t size)
{
	size_t target = *capacity + *capacity / 2;

	if (old && needed <= *capacity)
		return old;
	if (target < needed)
		target = needed;
	if (target < 64)
		target = 64;
	*capacity = target;
	return vast_resize(vast, old, target, size);
}

int vast_check(struct vast *vast, struct diag *diag)
{
	int result = 0;

	if (!vast)
		return 0;
	pthread_mutex_lock(&vast->lock);
	if (vast->failed.status != STATUS_OK) {
		diag_merge(diag, &vast->failed);
		result = -1;
	}
	pthread_mutex_unlock(&vast->lock);
	return result;
}

void vast_relax(struct vast *vast)
{
	if (!vast)
		return;
	pthread_mutex_lock(&vast->lock);
	let_go(vast);
	pthread_mutex_unlock(&vast->lock);
}

size_t vast_bound(const struct vast *vast)
{
	return vast ? vast->memory : SIZE_MAX;
}

static size_t look_at(struct vast *vast, const size_t *number)
{
	size_t copy;

	pthread_mutex_lock(&vast->lock);
	copy = *number;
	pthread_mutex_unlock(&vast->lock);
	return copy;
}

size_t vast_held(struct vast *vast)
{
	return look_at(vast, &vast->held);
}

size_t vast_filed(struct vast *vast)
{
	return look_at(vast, &vast->filed);
}

size_t vast_most_filed(struct vast *vast)
{
	return look_at(vast, &vast->most_filed);
}
