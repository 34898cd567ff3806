namespace PhotoGuard.Records.Blobs;

/// <summary>
/// Where the encrypted bytes of photos lie. Names are those of <see cref="BlobName"/>. Every call may throw
/// <see cref="InvalidBlobNameException"/> and <see cref="BlobStoreUnavailableException"/>.
/// </summary>
/// <remarks>One test suite runs against every store: tests/Records/Blobs/BlobStoreSuite.cs.</remarks>
public interface IBlobStore
{
    /// <summary>What and where the store is, for logs and the jobs page; no secrets.</summary>
    string Description { get; }

    /// <summary>What it was found to do with what is deleted, when it was looked at last.</summary>
    StorePosture Posture { get; }

    /// <summary>Makes the store ready and looks what it does with what is deleted. To be called at every start.</summary>
    /// <exception cref="StoreKeepsException">It keeps what is deleted, and that was not accepted.</exception>
    Task PrepareAsync(CancellationToken cancellation = default);

    /// <summary>
    /// Writes a new object; it survives a power cut once this returns. An object is whole or absent, never half, and never
    /// replaced. After an exception other than <see cref="BlobExistsException"/> it may or may not be there: whoever registered
    /// its name deletes it.
    /// </summary>
    /// <exception cref="BlobExistsException">The name is taken; what is there stays as it was.</exception>
    /// <exception cref="BlobStoreFullException">No room.</exception>
    Task PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellation = default);

    /// <summary>Opens an object for reading, seekable, its length known. The caller disposes it.</summary>
    /// <exception cref="BlobNotFoundException">There is no such object.</exception>
    Task<Stream> OpenAsync(string name, CancellationToken cancellation = default);

    /// <summary>
    /// Deletes an object for good. That it is absent already is success: design.md, law 4, wants deletion harmless when repeated.
    /// </summary>
    /// <returns>Whether it was there.</returns>
    Task<bool> DeleteAsync(string name, CancellationToken cancellation = default);

    /// <summary>Looks whether an object is there. An error is thrown and never taken for absence.</summary>
    Task<bool> ExistsAsync(string name, CancellationToken cancellation = default);

    /// <summary>
    /// Lists the objects in a folder and below, in no particular order.
    /// </summary>
    /// <param name="prefix">A folder with its closing slash: <c>photos/</c>, <c>photos/{id}/</c> or <c>photos/{id}/{generation}/</c>.</param>
    /// <param name="cancellation">Stops the listing.</param>
    IAsyncEnumerable<BlobEntry> ListAsync(string prefix, CancellationToken cancellation = default);

    /// <summary>
    /// Deletes everything in these folders for good, what is known there by name and what else a look finds; their absence survives a power
    /// cut once this returns. That it is absent already is success. A folder that cannot be emptied keeps none of the others.
    /// </summary>
    /// <param name="folders">Each of one photo, no two the same.</param>
    /// <param name="cancellation">What was not come to until then has failed; nothing is thrown for it.</param>
    /// <returns>Of each folder how many objects were known or found in it, or why not all of them are deleted.</returns>
    Task<IReadOnlyList<BlobFolderResult>> DeleteFoldersAsync(IReadOnlyCollection<BlobFolder> folders, CancellationToken cancellation = default);

    /// <summary>Looks again at these folders, by asking the store for each of them now. An error is told and never taken for absence.</summary>
    /// <inheritdoc cref="DeleteFoldersAsync"/>
    /// <returns>Of each folder how many objects are in it, 0 for none, or why that cannot be said.</returns>
    Task<IReadOnlyList<BlobFolderResult>> LookAsync(IReadOnlyCollection<BlobFolder> folders, CancellationToken cancellation = default);

    /// <summary>Deletes what writers that died left behind before it became an object, once it is an hour old.</summary>
    /// <param name="time">For the age of what was left.</param>
    /// <param name="cancellation">Stops the sweep.</param>
    /// <returns>How many.</returns>
    Task<int> SweepTempAsync(TimeProvider time, CancellationToken cancellation = default);
}

/// <summary>Everything of one photo.</summary>
/// <param name="Prefix"><c>photos/{id}/</c></param>
/// <param name="Known">Names in it that somebody knows of, be they there or not.</param>
public sealed record BlobFolder(string Prefix, IReadOnlyCollection<string> Known);

/// <summary>What was done or seen in one folder.</summary>
/// <param name="Objects">How many.</param>
/// <param name="Error">Null where it went well.</param>
public sealed record BlobFolderResult(BlobFolder Folder, int Objects, BlobStoreUnavailableException? Error = null);

/// <summary>One object of a listing.</summary>
/// <param name="Name">As it was put.</param>
/// <param name="Length">Bytes stored, which is <see cref="Envelope.EncryptedLength"/> of the plain length.</param>
/// <param name="LastModified">When it was written, by the store's clock. Not for deletion predicates.</param>
public sealed record BlobEntry(string Name, long Length, DateTimeOffset LastModified);
