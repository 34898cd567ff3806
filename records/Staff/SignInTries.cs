using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Staff;

/// <summary>From where somebody signs in.</summary>
/// <param name="Device">The secret of a browser that is a device.</param>
/// <param name="Known">The secret by which a browser is known again in which somebody has signed in before.</param>
/// <param name="Address">The client's; null on the machine itself.</param>
public sealed record Whence(string? Device = null, string? Known = null, IPAddress? Address = null)
{
    /// <summary>The first 24 bits of an IPv4 address, the first 56 of an IPv6 one: what one customer of a provider has, at most.</summary>
    internal string Network
    {
        get
        {
            var address = Address is null ? IPAddress.Loopback : Address.IsIPv4MappedToIPv6 ? Address.MapToIPv4() : Address;
            var bytes = address.GetAddressBytes();
            return Convert.ToHexString(bytes.AsSpan(0, bytes.Length == 4 ? 3 : 7));
        }
    }
}

/// <summary>
/// Slows whoever guesses and keeps nobody else out (field/reliability.md, fault 66; OWASP ASVS 5.0, 6.3.1). What is counted is a name tried
/// from one sort of place: in each browser where that person has signed in before, in each network from which somebody of the school has, and
/// everywhere else together. However many addresses an attacker has, they share the last, and take nothing from the first two.
/// A name that nobody has is counted alike, so that nothing is learnt from it.
/// </summary>
/// <remarks>
/// 10 in a quarter of an hour are 960 a day. The weakest password that is taken stands 10^6 guesses (docs/decisions/0024): three years of
/// the attack for an even chance, and then the second factor.
/// </remarks>
public sealed class SignInTries(RecordsDb db, KeyStore keys)
{
    private const int Most = 10;

    /// <summary>For all names together from one network that no school knows: 10 names of a list that somebody found, not 10,000.</summary>
    private const int MostOfStrangers = 60;

    /// <summary>Counts a try before anything is compared, so that many at once are counted too.</summary>
    /// <param name="of">What is tried: a password or a code.</param>
    /// <param name="name">As it was typed, folded.</param>
    /// <param name="person">Whose name it is; null where it is nobody's.</param>
    /// <returns>What was counted, for <see cref="ForgetAsync"/>.</returns>
    /// <exception cref="Refusal"><c>slow-down</c> 429: nothing may be compared.</exception>
    internal async Task<byte[]> CountAsync(string of, string name, StaffMember? person, Whence from, CancellationToken cancel)
    {
        var trusted = await TrustedAsync(person, from, cancel);
        if (trusted is null && await CountAsync(Digest(of, "strangers", from.Network), cancel) > MostOfStrangers) throw SlowDown();
        var key = Digest(of, trusted ?? "elsewhere", name);
        return await CountAsync(key, cancel) > Most ? throw SlowDown() : key;
    }

    /// <summary>The try was right: those before it were slips of its own person.</summary>
    internal Task ForgetAsync(byte[] key, CancellationToken cancel) =>
        db.Database.ExecuteSqlAsync($"delete from sign_in_tries where key = {key}", cancel);

    /// <summary>Remembers, in the operation under way, that the person has signed in from there.</summary>
    /// <returns>The secret that the browser keeps; the one that it has, where it has one.</returns>
    internal async Task<string> LearnAsync(StaffMember person, Whence from, CancellationToken cancel)
    {
        var known = from.Known ?? Secret.New();
        var (hash, network) = (Secret.Hash(known), await NetworkAsync(person.SchoolId, from, cancel));
        await db.Database.ExecuteSqlAsync($"""
            insert into known_browsers (hash, school_id, staff_id, seen_at) values ({hash}, {person.SchoolId}, {person.Id}, steady_now())
            on conflict (staff_id, hash) do update set seen_at = excluded.seen_at
            """, cancel);
        await db.Database.ExecuteSqlAsync($"""
            insert into known_networks (school_id, digest, seen_at) values ({person.SchoolId}, {network}, steady_now())
            on conflict (school_id, digest) do update set seen_at = excluded.seen_at where known_networks.seen_at < steady_now() - interval '1 hour'
            """, cancel);
        return known;
    }

    /// <summary>The narrowest place that is known; null for anywhere else.</summary>
    private async Task<string?> TrustedAsync(StaffMember? person, Whence from, CancellationToken cancel)
    {
        if (person is null) return null;
        if (from.Known is { } known)
        {
            var hash = Secret.Hash(known);
            if (await db.KnownBrowsers.AnyAsync(row => row.StaffId == person.Id && row.Hash == hash, cancel)) return Convert.ToHexString(hash);
        }
        var network = await NetworkAsync(person.SchoolId, from, cancel);
        return await db.KnownNetworks.AnyAsync(row => row.SchoolId == person.SchoolId && row.Digest == network, cancel) ? Convert.ToHexString(network) : null;
    }

    private async Task<byte[]> NetworkAsync(Guid school, Whence from, CancellationToken cancel) =>
        HMACSHA256.HashData(await keys.SchoolDigestKeyAsync(school, cancel), Encoding.UTF8.GetBytes($"network {from.Network}"));

    private async Task<int> CountAsync(byte[] key, CancellationToken cancel) => (await db.Database.SqlQuery<int>($"""
        insert into sign_in_tries as known (key, tries, since) values ({key}, 1, steady_now())
        on conflict (key) do update set
          tries = case when known.since < steady_now() - interval '15 minutes' then 1 else known.tries + 1 end,
          since = case when known.since < steady_now() - interval '15 minutes' then steady_now() else known.since end
        returning tries as "Value"
        """).ToListAsync(cancel))[0];

    private static byte[] Digest(params string[] parts) => SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\0', parts)));

    private static Refusal SlowDown() => new(
        "slow-down", 429, "That was tried too often from here. Please wait a quarter of an hour, use your passkey, or sign in on a device where you have signed in before.");
}
