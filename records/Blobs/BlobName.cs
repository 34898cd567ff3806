using System.Buffers;

namespace PhotoGuard.Records.Blobs;

/// <summary>
/// The one rule for names of objects: <c>photos/{id}/{generation}/{object}</c> (design.md, "Decided beforehand"). Each part is
/// made of a-z, 0-9, '-', '_' and '.', and begins with a letter or digit, so that no name leaves the store's root or meets its own
/// files; the depth is fixed, so that no object is another's folder. At most 200 characters. Never text of a user.
/// </summary>
public static class BlobName
{
    /// <summary>The folder of all objects.</summary>
    public const string Root = "photos/";

    private const int MaxLength = 200;
    private const int Parts = 4;

    private static readonly SearchValues<char> Allowed = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_.");

    /// <summary>The folder of everything that belongs to one photo, for <see cref="IBlobStore.ListAsync"/>.</summary>
    public static string FolderOf(Guid photo) => $"{Root}{photo:D}/";

    /// <summary>The name of one object of a photo.</summary>
    /// <param name="photo">Whose.</param>
    /// <param name="generation">The fencing token of the writer, 0 or more.</param>
    /// <param name="thing">e.g. <c>original</c> or <c>web</c>.</param>
    /// <exception cref="InvalidBlobNameException"><paramref name="thing"/> has other letters.</exception>
    public static string Of(Guid photo, long generation, string thing)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(generation);
        return Checked($"{Root}{photo:D}/{generation}/{thing}");
    }

    /// <summary>Reads the photo out of a listed name; false where the second part is not an id, as no object of ours.</summary>
    public static bool TryPhotoOf(string name, out Guid photo)
    {
        photo = default;
        var parts = name.Split('/');
        return parts.Length == Parts && Guid.TryParseExact(parts[1], "D", out photo);
    }

    /// <summary>Returns the name if it is one.</summary>
    /// <exception cref="InvalidBlobNameException">It is not.</exception>
    public static string Checked(string name)
    {
        CheckParts(name, name);
        return name.Split('/').Length == Parts
            ? name
            : throw new InvalidBlobNameException(name, "it has to be photos/{id}/{generation}/{object}");
    }

    /// <summary>Returns the folder if it is one: one to three parts and a closing slash.</summary>
    /// <exception cref="InvalidBlobNameException">It is not.</exception>
    public static string CheckedFolder(string prefix)
    {
        if (!prefix.EndsWith('/'))
            throw new InvalidBlobNameException(prefix, "a folder ends with a slash");
        CheckParts(prefix, prefix.AsSpan(0, prefix.Length - 1));
        return prefix.Split('/').Length <= Parts
            ? prefix
            : throw new InvalidBlobNameException(prefix, "there are no folders below the generation");
    }

    private static void CheckParts(string whole, ReadOnlySpan<char> name)
    {
        if (name.Length > MaxLength)
            throw new InvalidBlobNameException(whole, $"it is longer than {MaxLength} characters");
        if (!whole.StartsWith(Root, StringComparison.Ordinal))
            throw new InvalidBlobNameException(whole, $"it does not begin with {Root}");
        foreach (var range in name.Split('/'))
        {
            var part = name[range];
            if (part.IsEmpty || part.ContainsAnyExcept(Allowed) || part[0] is '.' or '-' or '_')
                throw new InvalidBlobNameException(whole, "each part begins with a-z or 0-9 and holds a-z, 0-9, '-', '_' and '.' only");
        }
    }
}
