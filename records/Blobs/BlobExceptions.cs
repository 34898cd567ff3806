namespace PhotoGuard.Records.Blobs;

/// <summary>A text is not the name of an object.</summary>
public sealed class InvalidBlobNameException(string name, string why)
    : ArgumentException($"'{Shown(name)}' is not the name of an object: {why}.")
{
    private static string Shown(string name)
    {
        var shown = new string([.. name.Take(60).Select(letter => letter is > ' ' and <= '~' ? letter : '?')]);
        return name.Length > 60 ? shown + "…" : shown;
    }
}

/// <summary>An object of that name is there already; objects are never replaced.</summary>
public sealed class BlobExistsException(string name) : Exception($"The object {name} exists already.");

/// <summary>There is no object of that name.</summary>
public sealed class BlobNotFoundException(string name) : Exception($"There is no object {name}.");

/// <summary>The store cannot do its work now: unreachable, unwritable, broken. Nothing is known about the object asked for.</summary>
public class BlobStoreUnavailableException(string message, Exception? cause = null) : IOException(message, cause);

/// <summary>The store has no room left; deleting still works.</summary>
public sealed class BlobStoreFullException(string message, Exception? cause = null) : BlobStoreUnavailableException(message, cause);
