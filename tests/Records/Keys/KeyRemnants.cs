using PhotoGuard.Records.Keys;

namespace PhotoGuard.Tests.Records.Keys;

/// <summary>What somebody could try who has the disk, the root key and every secret of an epoch that is left beside it.</summary>
internal static class KeyRemnants
{
    /// <param name="schoolWrapped">A row of school_keys, as it was.</param>
    /// <param name="wrapped">A row of the subject's key, as it was.</param>
    public static bool Open(string folder, RootKey root, Guid school, Guid subject, byte[] schoolWrapped, byte[] wrapped) =>
        Directory.GetFiles(folder).Select(path => Path.GetFileName(path).Split("epoch-") is [_, var number] ? int.Parse(number, null) : 0)
            .Select(epoch => new EpochFiles(root).WrappingKey(epoch))
            .Select(wrapping => KeyWrap.Unwrap(wrapping, schoolWrapped, KeyStore.Whose(school)))
            .Any(schoolKey => schoolKey is not null && KeyWrap.Unwrap(schoolKey, wrapped, KeyStore.Whose(school, subject)) is not null);
}
