using Microsoft.EntityFrameworkCore;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Keys;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.Devices;

/// <summary>How a browser becomes a device; address and code are told this once.</summary>
/// <param name="Secret">For <see cref="EnrolmentDesk.Url"/>.</param>
/// <param name="Code">To be typed, e.g. <c>K7QP-3MXA</c>.</param>
public sealed record EnrolmentOffer(Device Device, string Secret, string Code, DateTimeOffset ExpiresAt);

/// <summary>
/// The ICT lead offers, and the browser that takes the offer is the device from then on: it gets a secret of its own, which stands in no
/// address and in no page. Nobody is signed in by it.
/// </summary>
public sealed class EnrolmentDesk(RecordsDb db, RootKey root)
{
    private const int Minutes = 15;

    public static string Url(string publicUrl, string secret) => $"{publicUrl.TrimEnd('/')}/enrol/{secret}";

    /// <summary>Makes a one-time address and a short code for a device, good for 15 minutes; what was offered for it before is void.</summary>
    /// <exception cref="Refusal"><c>not-found</c> 404 · <c>role-may-not</c> 403 · <c>device-revoked</c> 409.</exception>
    public async Task<EnrolmentOffer> OfferAsync(Act act, Guid deviceId, CancellationToken cancel)
    {
        var device = await db.Devices.SingleOrDefaultAsync(row => row.SchoolId == act.SchoolId && row.Id == deviceId, cancel)
            ?? throw Refusals.NotFound("device");
        act.By.MustAdminister();
        if (device.RevokedAt is not null)
            throw new Refusal("device-revoked", 409, "That device was revoked. Please enrol it under another name.");
        await using var transaction = await db.BeginAsync(cancel);
        var now = await db.NowAsync(cancel);
        // Also what is too old, so that a code can come up again.
        await db.DeviceEnrolments.Where(row => row.UsedAt == null && (row.DeviceId == device.Id || row.ExpiresAt <= now))
            .ExecuteUpdateAsync(set => set.SetProperty(row => row.UsedAt, now), cancel);
        var (secret, code) = (Secret.New(), EnrolmentCode.New());
        var offer = new DeviceEnrolment
        {
            Id = Guid.CreateVersion7(),
            SchoolId = act.SchoolId,
            DeviceId = device.Id,
            AddressHash = Secret.Hash(secret),
            CodeHash = EnrolmentCode.Hash(code, root)!,
            OfferedBy = act.By.StaffId,
            ExpiresAt = now.AddMinutes(Minutes),
        };
        db.DeviceEnrolments.Add(offer);
        act.Answers(201, device.Id);
        await db.CommitAsync(act, cancel, new AuditEvent("device.enrolment-offered", null, "device", device.Id.ToString()));
        return new(device, secret, code, offer.ExpiresAt);
    }

    /// <summary>Takes the offer of an address, which is used up.</summary>
    /// <returns>The secret that this browser is to keep.</returns>
    /// <exception cref="Refusal"><c>enrolment-not-valid</c> 410.</exception>
    public Task<string> WithAddressAsync(string secret, CancellationToken cancel)
    {
        var hash = Secret.Hash(secret);
        return TakeAsync($"""
            update device_enrolments set used_at = steady_now() where address_hash = {hash} and used_at is null and expires_at > steady_now() returning *
            """, "address", cancel);
    }

    /// <summary>Takes the offer of a code, which is used up.</summary>
    /// <inheritdoc cref="WithAddressAsync"/>
    /// <exception cref="Refusal"><c>enrolment-not-valid</c> 410 · <c>slow-down</c> 429: too many codes were tried, by whoever it was.</exception>
    public async Task<string> WithCodeAsync(string? typed, CancellationToken cancel)
    {
        if (EnrolmentCode.Hash(typed, root) is not { } hash) throw NotValid();
        await CountTryAsync(cancel);
        return await TakeAsync($"""
            update device_enrolments set used_at = steady_now() where code_hash = {hash} and used_at is null and expires_at > steady_now() returning *
            """, "code", cancel);
    }

    /// <summary>Counted before it is looked at, in a commit of its own: whoever tries many at once is counted as often.</summary>
    private async Task CountTryAsync(CancellationToken cancel)
    {
        var tries = await db.Database.SqlQuery<int>($"""
            insert into enrolment_tries as known (quarter, tries) values (date_bin('15 minutes', steady_now(), '2000-01-01'), 1)
            on conflict (quarter) do update set tries = known.tries + 1 returning tries as "Value"
            """).ToListAsync(cancel);
        if (tries[0] > EnrolmentCode.MostTries)
            throw new Refusal("slow-down", 429, "Too many codes have been tried. Please scan the QR code instead, or wait a quarter of an hour.");
    }

    private async Task<string> TakeAsync(FormattableString take, string how, CancellationToken cancel)
    {
        await using var transaction = await db.BeginAsync(cancel);
        if ((await db.DeviceEnrolments.FromSql(take).AsNoTracking().ToListAsync(cancel)) is not [var taken]) throw NotValid();
        var device = await db.LockDeviceToChangeAsync(taken.DeviceId, cancel);
        if (device.RevokedAt is not null) throw NotValid();
        var (secret, enrolled) = await db.BecomesAsync(device, how, taken.OfferedBy, cancel);
        await db.CommitAsync(new Act(taken.SchoolId, Actor.System with { DeviceId = device.Id }), cancel, enrolled);
        return secret;
    }

    private static Refusal NotValid() => new(
        "enrolment-not-valid", 410, "This address or code is not valid: it has been used, is older than 15 minutes, or was mistyped. Please ask the ICT lead for a new one.");
}
