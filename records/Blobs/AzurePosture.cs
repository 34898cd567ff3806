using System.Security.Cryptography;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace PhotoGuard.Records.Blobs;

/// <summary>What an Azure account keeps of what is deleted (field/reliability.md, faults 27 to 29).</summary>
internal static class AzurePosture
{
    /// <summary>Every state in which bytes of an object may still be there.</summary>
    public const BlobStates EverythingKept = BlobStates.Snapshots | BlobStates.Version | BlobStates.Deleted | BlobStates.Uncommitted;

    /// <summary>
    /// What the account says, as far as our rights let it, and what becomes of a probe. Point-in-time restore needs versions and soft
    /// delete, so that these two give it away. Soft delete of whole containers does not matter: we delete none.
    /// </summary>
    /// <returns>What keeps deleted bytes, in words.</returns>
    public static async Task<IReadOnlyList<string>> LookAsync(BlobContainerClient container, BlobContainerProperties properties, CancellationToken cancel)
    {
        var keeps = new List<string>();
        if (properties.HasImmutabilityPolicy == true) keeps.Add("an immutability policy");
        if (properties.HasLegalHold == true) keeps.Add("a legal hold on the container");
        var softDelete = await SoftDeleteDaysAsync(container, cancel);
        if (softDelete is { } days) keeps.Add($"soft delete for {days} days");
        var (deleted, versions) = await ProbeAsync(container, cancel);
        if (deleted && softDelete is null) keeps.Add("soft delete");
        if (versions) keeps.Add("versions");
        return keeps;
    }

    /// <summary>Deletes every version of an object that is deleted itself.</summary>
    public static async Task DeleteVersionsAsync(BlobContainerClient container, string name, CancellationToken cancel)
    {
        await foreach (var item in container.GetBlobsAsync(states: BlobStates.Version, prefix: name, cancellationToken: cancel))
        {
            if (item.Name != name || item.VersionId is null) continue;
            try
            {
                await container.GetBlobClient(name).WithVersion(item.VersionId).DeleteAsync(cancellationToken: cancel);
            }
            catch (RequestFailedException error) when (error.ErrorCode == BlobErrorCode.BlobNotFound)
            {
                // Another node was first.
            }
        }
    }

    private static async Task<int?> SoftDeleteDaysAsync(BlobContainerClient container, CancellationToken cancel)
    {
        try
        {
            BlobServiceProperties account = await container.GetParentBlobServiceClient().GetPropertiesAsync(cancel);
            return account.DeleteRetentionPolicy is { Enabled: true } policy ? policy.Days ?? 0 : null;
        }
        catch (RequestFailedException error) when (error.Status == 403)
        {
            // With the rights of a container alone the probe tells.
            return null;
        }
    }

    private static async Task<(bool Deleted, bool Versions)> ProbeAsync(BlobContainerClient container, CancellationToken cancel)
    {
        // A name that no photo has, and another one at each look.
        var name = BlobName.Of(Guid.Empty, RandomNumberGenerator.GetInt32(1, int.MaxValue), "original");
        var blob = container.GetBlobClient(name);
        BlobContentInfo written = await blob.UploadAsync(BinaryData.FromString("PhotoGuard looks what becomes of what is deleted."), cancel);
        await blob.DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancel);
        var (deleted, versions) = (false, written.VersionId is not null);
        await foreach (var left in container.GetBlobsAsync(states: EverythingKept, prefix: name, cancellationToken: cancel))
        {
            deleted |= left.Deleted;
            versions |= left.VersionId is not null;
        }
        if (versions) await DeleteVersionsAsync(container, name, cancel);
        return (deleted, versions);
    }
}
