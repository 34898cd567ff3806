using System.Runtime.InteropServices;

namespace PhotoGuard.Records.Blobs;

/// <summary>The few calls of Linux that .NET does not offer: making a folder's entries durable, and renaming without replacing.</summary>
internal static class Posix
{
    private const int ReadOnly = 0, Directory = 0x10000, CloseOnExec = 0x80000;
    private const int CurrentFolder = -100;
    private const uint NoReplace = 1;

    public const int NoSuchFile = 2, Exists = 17, NotAFolder = 20, InvalidArgument = 22, NoSpace = 28, QuotaUsedUp = 122;

    /// <summary>Makes the entries of a folder survive a power cut.</summary>
    /// <exception cref="PosixException">Any failure; it is never passed over.</exception>
    public static void SyncFolder(string path)
    {
        var folder = Check(open(path, ReadOnly | Directory | CloseOnExec), "open folder", path);
        try
        {
            Check(fsync(folder), "fsync folder", path);
        }
        finally
        {
            _ = close(folder);
        }
    }

    /// <summary>Renames within one file system; never replaces, whoever else writes at the same time.</summary>
    /// <exception cref="PosixException">E.g. <see cref="Exists"/>.</exception>
    public static void RenameNew(string from, string to)
    {
        if (renameat2(CurrentFolder, from, CurrentFolder, to, NoReplace) == 0)
            return;
        var error = Marshal.GetLastPInvokeError();
        if (error != InvalidArgument)
            throw new PosixException("rename", to, error);
        // NFS and some others do not know NOREPLACE; a hard link never replaces either.
        Check(link(from, to), "link", to);
        Check(unlink(from), "unlink", from);
    }

    private static int Check(int result, string call, string path) =>
        result >= 0 ? result : throw new PosixException(call, path, Marshal.GetLastPInvokeError());

#pragma warning disable SYSLIB1054 // The generated marshalling would need unsafe code in all of records.
    [DllImport("libc", SetLastError = true)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(int file);

    [DllImport("libc")]
    private static extern int close(int file);

    [DllImport("libc", SetLastError = true)]
    private static extern int renameat2(
        int fromFolder,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string from,
        int toFolder,
        [MarshalAs(UnmanagedType.LPUTF8Str)] string to,
        uint flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int link([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);

    [DllImport("libc", SetLastError = true)]
    private static extern int unlink([MarshalAs(UnmanagedType.LPUTF8Str)] string path);
#pragma warning restore SYSLIB1054
}

/// <summary>A call of the system failed; <see cref="Exception.HResult"/> is its errno, as in .NET's own IOException.</summary>
internal sealed class PosixException(string call, string path, int error)
    : IOException($"{call} {path}: {Marshal.GetPInvokeErrorMessage(error)}", error);
