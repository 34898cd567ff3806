using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace PhotoGuard.Records.Blobs;

/// <summary>
/// The few calls of Linux that .NET does not offer: making a folder's entries durable, renaming without replacing, and deleting below an
/// open folder without an exception for everything that is gone already.
/// </summary>
internal static class Posix
{
    private const int ReadOnly = 0, Directory = 0x10000, CloseOnExec = 0x80000;
    private const int CurrentFolder = -100;
    private const uint NoReplace = 1;
    private const int RemoveFolderFlag = 0x200, NoFollow = 0x100;

    public const int NoSuchFile = 2, Exists = 17, NotAFolder = 20, InvalidArgument = 22, NotEmpty = 39, NoSpace = 28, QuotaUsedUp = 122;

    /// <summary>Makes the entries of a folder survive a power cut.</summary>
    /// <exception cref="PosixException">Any failure; it is never passed over.</exception>
    public static void SyncFolder(string path)
    {
        using var folder = OpenFolder(path);
        SyncFolder(folder, path);
    }

    /// <inheritdoc cref="SyncFolder(string)"/>
    public static void SyncFolder(SafeFileHandle folder, string path) => Check(fsync(folder), "fsync folder", path);

    /// <summary>Makes a file's content survive a power cut. .NET's own <c>FlushToDisk</c> takes EIO for success.</summary>
    /// <exception cref="PosixException">Any failure; it is never passed over.</exception>
    public static void SyncFile(SafeFileHandle file, string path) => Check(fsync(file), "fsync", path);

    /// <inheritdoc cref="SyncFile(SafeFileHandle, string)"/>
    public static void SyncFile(FileStream file)
    {
        file.Flush();
        SyncFile(file.SafeFileHandle, file.Name);
    }

    /// <summary>Opens a folder, so that names below it are found in it and in no other that is mounted over it meanwhile.</summary>
    /// <exception cref="PosixException">E.g. <see cref="NoSuchFile"/>.</exception>
    public static SafeFileHandle OpenFolder(string path) =>
        new(Check(open(path, ReadOnly | Directory | CloseOnExec), "open folder", path), ownsHandle: true);

    /// <summary>Deletes a file.</summary>
    /// <param name="name">Below the folder.</param>
    /// <returns>False where there is none.</returns>
    /// <exception cref="PosixException">It is there and cannot be deleted.</exception>
    public static bool Delete(SafeFileHandle folder, string name) => Is(unlinkat(folder, name, 0), "unlink", name, NoSuchFile, NotAFolder);

    /// <summary>Removes an empty folder, or finds none.</summary>
    /// <returns>False where something is in it.</returns>
    /// <exception cref="PosixException">It cannot be removed though it is empty.</exception>
    public static bool RemoveFolder(SafeFileHandle folder, string name)
    {
        if (unlinkat(folder, name, RemoveFolderFlag) == 0) return true;
        return Marshal.GetLastPInvokeError() switch
        {
            NoSuchFile => true,
            NotEmpty or Exists or NotAFolder => false,
            var error => throw new PosixException("rmdir", name, error),
        };
    }

    /// <summary>Whether anything has that name.</summary>
    /// <exception cref="PosixException">That cannot be said.</exception>
    public static bool IsThere(SafeFileHandle folder, string name) => Is(faccessat(folder, name, 0, NoFollow), "look at", name, NoSuchFile, NotAFolder);

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

    /// <returns>False where it failed with one of these errors, which are no failure.</returns>
    private static bool Is(int result, string call, string path, params ReadOnlySpan<int> expected)
    {
        if (result == 0) return true;
        var error = Marshal.GetLastPInvokeError();
        return expected.Contains(error) ? false : throw new PosixException(call, path, error);
    }

    private static int Check(int result, string call, string path) =>
        result >= 0 ? result : throw new PosixException(call, path, Marshal.GetLastPInvokeError());

#pragma warning disable SYSLIB1054 // The generated marshalling would need unsafe code in all of records.
    [DllImport("libc", SetLastError = true)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int fsync(SafeFileHandle file);

    [DllImport("libc", SetLastError = true)]
    private static extern int unlinkat(SafeFileHandle folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern int faccessat(SafeFileHandle folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string name, int mode, int flags);

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
