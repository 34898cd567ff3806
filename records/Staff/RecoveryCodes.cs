using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>Ten codes on paper, each good once, for whoever has lost their telephone (OWASP ASVS 5.0, 6.5.2).</summary>
internal static class RecoveryCodes
{
    private const int Count = 10;

    // Without what is misread for something else.
    private const string Letters = "23456789abcdefghjkmnpqrstuvwxyz";
    private const int Length = 24;

    /// <summary>New ones in place of all before, in the operation under way; told once. 31^24 is above 2^118, so that a digest without salt is enough.</summary>
    public static async Task<IReadOnlyList<string>> NewCodesAsync(this RecordsDb db, StaffMember person, CancellationToken cancel)
    {
        await db.RecoveryCodes.Where(row => row.StaffId == person.Id).ExecuteDeleteAsync(cancel);
        string[] codes = [.. Enumerable.Range(0, Count).Select(_ => RandomNumberGenerator.GetString(Letters, Length))];
        db.RecoveryCodes.AddRange(codes.Select(code => new RecoveryCode { Hash = Hash(code), SchoolId = person.SchoolId, StaffId = person.Id }));
        return [.. codes.Select(code => string.Join('-', code.Chunk(4).Select(four => new string(four))))];
    }

    /// <summary>Uses a code up, in the operation under way.</summary>
    public static async Task<bool> UseCodeAsync(this RecordsDb db, StaffMember person, string code, CancellationToken cancel)
    {
        var hash = Hash(code);
        return await db.RecoveryCodes.Where(row => row.StaffId == person.Id && row.Hash == hash).ExecuteDeleteAsync(cancel) == 1;
    }

    private static byte[] Hash(string code) => Secret.Hash(new string([.. code.ToLowerInvariant().Where(char.IsLetterOrDigit)]));
}
