#include "os/owner.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "os/path.h"

void owner_adopt(int fd, const char *path)
{
    char dir[PATH_MAX];
    struct stat st;
    if (geteuid() != 0 || !path_parent(dir, sizeof dir, path) || stat(dir, &st) != 0 ||
        st.st_uid == 0 || (st.st_mode & S_ISVTX))
        return;
    if (fchown(fd, st.st_uid, st.st_gid) != 0) {
        /* Then the file stays root's, as without this function. */
    }
}

struct hand_over {
    uid_t uid;
    gid_t gid;
    bool config; /* the group may read */
    int depth;
};

#define DEPTH_MAX 16

/* Everything goes through descriptors and follows no link, because the directory's old owner may be
 * changing it meanwhile. */
static bool hand_entry(struct hand_over *h, int at, const char *name);

static bool hand_directory(struct hand_over *h, int fd)
{
    DIR *dir = fdopendir(fd);
    struct dirent *entry;
    bool ok = dir && ++h->depth < DEPTH_MAX;
    while (ok && (entry = readdir(dir)) != NULL)
        if (!text_equal(entry->d_name, ".") && !text_equal(entry->d_name, ".."))
            ok = hand_entry(h, dirfd(dir), entry->d_name);
    int saved = errno;
    h->depth--;
    if (dir)
        closedir(dir);
    else
        close(fd);
    errno = saved;
    return ok;
}

static bool hand_entry(struct hand_over *h, int at, const char *name)
{
    struct stat st;
    int fd = openat(at, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) /* a link, a socket: change the entry itself, not its target */
        return (errno == ELOOP || errno == ENXIO) &&
               fchownat(at, name, h->uid, h->gid, AT_SYMLINK_NOFOLLOW) == 0;
    bool ok = fstat(fd, &st) == 0;
    mode_t more = !h->config ? 0 : S_ISDIR(st.st_mode) ? 02050 : 0040;
    if (ok && S_ISREG(st.st_mode) && st.st_nlink > 1) {
        errno = EMLINK; /* a second name for a file elsewhere */
        ok = false;
    }
    ok = ok && fchown(fd, h->uid, h->gid) == 0 &&
         (!more || fchmod(fd, (st.st_mode & 07777) | more) == 0);
    if (ok && S_ISDIR(st.st_mode))
        return hand_directory(h, fd);
    int saved = errno;
    close(fd);
    errno = saved;
    return ok;
}

bool owner_give_all(const char *path, int64_t user, int64_t group, bool group_reads)
{
    struct hand_over h = {.uid = (uid_t)user, .gid = (gid_t)group, .config = group_reads};
    return access(path, F_OK) != 0 || hand_entry(&h, AT_FDCWD, path);
}

bool owner_give_dir(const char *path, int64_t user, int64_t group, unsigned mode)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool ok = fd >= 0 && fchown(fd, (uid_t)user, (gid_t)group) == 0 && fchmod(fd, mode) == 0;
    int number = errno;
    if (fd >= 0)
        close(fd);
    errno = number;
    return ok;
}
