using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>One-time links: made by administration, good for one sign-in.</summary>
public static class SignInLinks
{
    /// <summary>How long a link waits to be used, days.</summary>
    private const int Days = 7;

    /// <summary>How a person opens the link.</summary>
    public static string Url(string publicUrl, string secret) => $"{publicUrl.TrimEnd('/')}/sign-in/{secret}";

    /// <summary>Adds a link to the operation under way; its secret is told once.</summary>
    internal static async Task<string> AddLinkAsync(
        this RecordsDb db, Guid? schoolId, Guid? staffId, Guid? deviceId, CancellationToken cancel)
    {
        var secret = Secret.New();
        db.SignInLinks.Add(new SignInLink
        {
            Hash = Secret.Hash(secret),
            SchoolId = schoolId,
            StaffId = staffId,
            DeviceId = deviceId,
            ExpiresAt = (await db.NowAsync(cancel)).AddDays(Days),
        });
        return secret;
    }

    /// <summary>Uses the link up, in the operation under way. Two that open it at once do not both get in.</summary>
    /// <returns>Null where it is unknown, used or too old.</returns>
    internal static async Task<SignInLink?> TakeLinkAsync(this RecordsDb db, string secret, CancellationToken cancel)
    {
        var hash = Secret.Hash(secret);
        var taken = await db.Database.ExecuteSqlAsync(
            $"update sign_in_links set used_at = now() where hash = {hash} and used_at is null and expires_at > steady_now()", cancel);
        return taken == 1 ? await db.SignInLinks.AsNoTracking().SingleAsync(row => row.Hash == hash, cancel) : null;
    }
}
